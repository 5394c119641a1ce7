// Run by `dynops exec -- npm test`, which brings up a stack of its own and says where it is.
import assert from 'node:assert/strict';
import { test } from 'node:test';

const { API_URL, ID_TOKEN } = process.env;

async function call(operation, payload = {}) {
  const response = await fetch(`${API_URL}/DynamoDBManager`, {
    method: 'POST',
    headers: { authorization: ID_TOKEN, 'content-type': 'application/json' },
    body: JSON.stringify({ operation, payload }),
  });
  return response.json();
}

test('an item is kept and read', async () => {
  await call('create', { Item: { id: '1', name: 'Ada' } });
  assert.deepEqual((await call('read', { Key: { id: '1' } })).Item, { id: '1', name: 'Ada' });
});

test('a ping is answered', async () => {
  assert.equal(await call('ping'), 'pong');
});
