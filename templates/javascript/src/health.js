const headers = { 'content-type': 'application/json', 'access-control-allow-origin': process.env.CORS_ORIGINS };

export async function handler() {
  return { statusCode: 200, headers, body: JSON.stringify({ ok: true }) };
}
