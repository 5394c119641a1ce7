import { describe, expect, it } from 'vitest';
import { proxyFor } from '../../src/endpoint/proxy.ts';

const proxy = 'http://proxy:3128';
const sts = 'https://sts.eu-west-1.amazonaws.com/';

describe('the proxy for an address', () => {
  it.each([
    ['none is named', sts, {}, undefined],
    ['https by its own', sts, { HTTPS_PROXY: proxy }, 'HTTPS_PROXY'],
    ['https in lower case', sts, { https_proxy: proxy }, 'https_proxy'],
    ['the lower case first, as in curl', sts, { https_proxy: proxy, HTTPS_PROXY: 'http://other' }, 'https_proxy'],
    ['an empty one as none', sts, { https_proxy: '', HTTPS_PROXY: '' }, undefined],
    ['https not by the one for http', sts, { HTTP_PROXY: proxy }, undefined],
    ['http by its own', 'http://engine.example:4566/', { HTTP_PROXY: proxy }, 'HTTP_PROXY'],
    ['http not by the one for https', 'http://engine.example:4566/', { HTTPS_PROXY: proxy }, undefined],
    ['loopback never', 'https://127.0.0.1:4566/', { HTTPS_PROXY: proxy }, undefined],
    ['loopback by name never', 'http://api.localhost:4566/', { HTTP_PROXY: proxy }, undefined],
    ['loopback of IPv6 never', 'https://[::1]:4566/', { HTTPS_PROXY: proxy }, undefined],
    ['all excepted', sts, { HTTPS_PROXY: proxy, NO_PROXY: '*' }, undefined],
    ['the host excepted', sts, { HTTPS_PROXY: proxy, NO_PROXY: 'a.b, sts.eu-west-1.amazonaws.com' }, undefined],
    ['its domain excepted', sts, { HTTPS_PROXY: proxy, NO_PROXY: 'amazonaws.com' }, undefined],
    ['its domain with a dot', sts, { HTTPS_PROXY: proxy, no_proxy: '.AMAZONAWS.com' }, undefined],
    ['its domain with a star', sts, { HTTPS_PROXY: proxy, NO_PROXY: '*.amazonaws.com' }, undefined],
    ['the end of a name is no domain', sts, { HTTPS_PROXY: proxy, NO_PROXY: 'onaws.com' }, 'HTTPS_PROXY'],
    ['another port', sts, { HTTPS_PROXY: proxy, NO_PROXY: 'amazonaws.com:8443' }, 'HTTPS_PROXY'],
    ['the same port', sts, { HTTPS_PROXY: proxy, NO_PROXY: 'amazonaws.com:443' }, undefined],
    ['a network', 'https://10.1.2.3/', { HTTPS_PROXY: proxy, NO_PROXY: '10.0.0.0/8' }, undefined],
    ['another network', 'https://11.1.2.3/', { HTTPS_PROXY: proxy, NO_PROXY: '10.0.0.0/8' }, 'HTTPS_PROXY'],
    ['an address of IPv6', 'https://[fd00::1]/', { HTTPS_PROXY: proxy, NO_PROXY: '[fd00::1]' }, undefined],
    ['a network of IPv6', 'https://[fd00::1]/', { HTTPS_PROXY: proxy, NO_PROXY: 'fd00::/8' }, undefined],
    ['no network for a name', sts, { HTTPS_PROXY: proxy, NO_PROXY: '10.0.0.0/99 0/0' }, 'HTTPS_PROXY'],
  ] as [string, string, Record<string, string>, string | undefined][])('%s', (_case, address, env, variable) => {
    expect(proxyFor(address, env)?.variable).toBe(variable);
  });

  it('is told without its password, and may have no scheme', () => {
    const found = proxyFor(sts, { HTTPS_PROXY: 'ada:secret@proxy:3128' });
    expect(found).toMatchObject({ shown: 'http://proxy:3128', url: { username: 'ada', password: 'secret' } });
  });

  it.each(['socks5://proxy:1080', 'http://', 'http://a b'])('%s is refused, and not shown', (value) => {
    expect(() => proxyFor(sts, { HTTPS_PROXY: value })).toThrow(
      expect.objectContaining({ exitStatus: 64, message: 'HTTPS_PROXY must be an http or https URL.' }),
    );
  });
});
