/** A browser's part of a sign-in: cookies kept per path, redirects read instead of followed. */
export interface Answer {
  status: number;
  /** Where a redirect leads, else undefined. */
  location: string | undefined;
  headers: Headers;
  text: string;
}

export interface Browser {
  get(url: string, headers?: Record<string, string>): Promise<Answer>;
  post(url: string, form: Record<string, string> | string, headers?: Record<string, string>): Promise<Answer>;
  cookies: Map<string, string>;
}

export function openBrowser(): Browser {
  const cookies = new Map<string, string>();

  async function send(url: string, init: RequestInit): Promise<Answer> {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { ...(cookie && { cookie }), ...(init.headers as Record<string, string>) };
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/max-age=0/i.test(line)) cookies.delete(name);
      else cookies.set(name, value);
    }
    const location = response.headers.get('location') ?? undefined;
    const text = await response.text();
    return {
      status: response.status,
      location: location === undefined ? undefined : new URL(location, url).href,
      headers: response.headers,
      text,
    };
  }

  return {
    cookies,
    get: (url, headers = {}) => send(url, { headers }),
    post: (url, form, headers = {}) =>
      send(url, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
        body: typeof form === 'string' ? form : new URLSearchParams(form).toString(),
      }),
  };
}

/** The hidden fields of a page's form, HTML-decoded. */
export function hiddenFields(html: string): Record<string, string> {
  const decode = (text: string) =>
    text.replace(
      /&(amp|lt|gt|quot|#39);/g,
      (_, name) => ({ amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" })[name as string] ?? '',
    );
  const inputs = html.matchAll(/<input type="(?:hidden|text)" name="([^"]*)" value="([^"]*)"/g);
  return Object.fromEntries([...inputs].map(([, name = '', value = '']) => [decode(name), decode(value)]));
}
