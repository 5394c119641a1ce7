import { expect, it, vi } from 'vitest';
import { acceptedType } from '../../../src/local/execute-api/gateway-response.ts';

it('of several types the first that the caller accepts, else JSON, else the first', () => {
  const types = ['text/html', 'application/json', 'application/xml'];
  const choose = (accept: string, among = types) => acceptedType(among, () => ({ accept }));
  expect(choose('image/png, application/xml;q=0.5, text/html')).toBe('application/xml');
  expect(choose('image/png')).toBe('application/json');
  expect(choose('image/png', ['text/html', 'application/xml'])).toBe('text/html');
});

it('the headers, which cost a quarter of a request to gather, are not asked for where there is no choice', () => {
  const headers = vi.fn(() => ({ accept: 'text/html' }));
  expect(acceptedType(['application/xml'], headers)).toBe('application/xml');
  expect(acceptedType([], headers)).toBeUndefined();
  expect(headers).not.toHaveBeenCalled();
});
