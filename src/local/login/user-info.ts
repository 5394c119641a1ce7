import { selfOf } from '../cognito/self-operations.ts';
import { attributeClaims } from '../cognito/tokens.ts';
import type { Engine } from '../engine.ts';
import type { PlainResponse } from '../http/messages.ts';
import { AwsError } from '../service.ts';
import { header, json, type Visit } from './exchange.ts';

const invalidToken = 'Access token is expired, disabled, or deleted, or the user has globally signed out.';

function refuse(status: number, error: string, description: string): PlainResponse {
  const challenge = `Bearer error="${error}", error_description="${description}"`;
  return json(status, { error, error_description: description }, [['www-authenticate', challenge]]);
}

/** GET or POST `/oauth2/userInfo`: the attributes that an access token with `openid` opens, all as strings, as Cognito has it. */
export async function serveUserInfo(engine: Engine, visit: Visit): Promise<PlainResponse> {
  const [, accessToken] = /^Bearer +(\S+)$/i.exec(header(visit.request, 'authorization') ?? '') ?? [];
  if (accessToken === undefined) return refuse(400, 'invalid_request', 'Bad OAuth2 request at UserInfo Endpoint');
  try {
    const { client, user, scopes } = await selfOf(engine, [visit.pool], { accessToken, scope: 'openid' });
    if (!client) return refuse(401, 'invalid_token', invalidToken);
    const claims = Object.entries(attributeClaims({ client, user, scopes }));
    const strings = claims.map(([name, value]) => [name, typeof value === 'boolean' ? String(value) : value]);
    return json(200, { ...Object.fromEntries(strings), username: user.username });
  } catch (error) {
    if (error instanceof AwsError) return refuse(401, 'invalid_token', invalidToken);
    throw error;
  }
}
