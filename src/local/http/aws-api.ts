import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { rootArn, type Session, sessionArn } from '../credentials.ts';
import type { Engine } from '../engine.ts';
import { AwsError, type Principal } from '../service.ts';
import { findCatalog, servedServices } from '../services.ts';
import type { Watch } from '../storage/records.ts';
import { internalFailure, writeError } from '../wire/answers.ts';
import type { Catalog } from '../wire/catalog.ts';
import { dispatch, identify, type WireRequest } from '../wire/dispatch.ts';
import { countHeaders } from './host-guard.ts';
import type { PlainResponse } from './messages.ts';
import { claimedSignature, type Secret, type Signature, type SigningKeys, verifySignature } from './signature.ts';

/** One AWS API call: who sent it, is it signed as that, and then the operation. */
export async function serveApi(
  door: { engine: Engine; credentials: Secret; signingKey: SigningKeys },
  received: { request: IncomingMessage; path: string; query: string; body: Buffer },
): Promise<PlainResponse> {
  const { engine, credentials, signingKey } = door;
  const { request, path, query, body } = received;
  const requestId = randomUUID();
  const { method = 'GET', headers } = request;
  const target = headers['x-amz-target'];
  let catalog: Catalog | undefined;
  const watch = engine.watchRecords();
  const isAbandoned = () => request.socket.destroyed;
  try {
    // Of two, Node shows the first, and something in between may have checked the second.
    if (countHeaders(request, 'authorization') > 1) {
      throw new AwsError('IncompleteSignatureException', 'There must be one Authorization header', { statusCode: 400 });
    }
    const signed = { method, path, query, headers, body };
    const claimed = claimedSignature(signed);
    catalog = await findCatalog(typeof target === 'string' ? target : undefined, claimed?.service);
    const wire: WireRequest = { method, path, query: new URLSearchParams(query), headers, body };
    if (!claimed && catalog && mayBeUnsigned(catalog, wire)) {
      const call = { engine, region: 'us-east-1', requestId, principal: { kind: 'anonymous' } as const, isAbandoned };
      return await shown(dispatch(catalog, wire, call), watch);
    }
    let principal: Principal = { kind: 'root', arn: rootArn(engine.accountId) };
    const signature: Signature = verifySignature(signed, claimed, {
      nowMs: engine.clock(),
      signingKey,
      findSecret(accessKeyId, sessionToken) {
        if (accessKeyId === credentials.accessKeyId) return credentials;
        const opened = sessionToken ? engine.sessionCredentials.open(accessKeyId, sessionToken) : undefined;
        if (!opened) return undefined;
        principal = sessionPrincipal(engine, opened.claims);
        return opened.secret;
      },
    });
    if (!catalog) throw unknownService(signature.service);
    if (catalog.service.signingName !== signature.service) {
      throw new AwsError(
        'InvalidSignatureException',
        `Credential should be scoped to correct service: '${catalog.service.signingName}'.`,
        { statusCode: 403 },
      );
    }
    const call = { engine, region: signature.region, requestId, principal, isAbandoned };
    return await shown(dispatch(catalog, wire, call), watch);
  } catch (error) {
    const known = error instanceof AwsError ? error : internalFailure(error);
    if (known !== error) engine.log(`internal failure, request ${requestId}: ${String(error)}`);
    return writeError({ protocol: protocolOf(catalog, headers), catalog, error: known, requestId });
  }
}

/** An answer, or an error as one, tells only what is on disk. */
export async function shown(answer: Promise<PlainResponse>, watch: Watch): Promise<PlainResponse> {
  const [outcome] = await Promise.allSettled([answer]);
  await watch();
  if (outcome.status === 'rejected') throw outcome.reason;
  return outcome.value;
}

function mayBeUnsigned(catalog: Catalog, wire: WireRequest): boolean {
  return catalog.service.constraints.unsigned.includes(identify(catalog, wire).operation);
}

function sessionPrincipal({ accountId }: Engine, session: Session): Principal {
  const { roleArn } = session;
  return roleArn === undefined
    ? { kind: 'root', arn: rootArn(accountId), isSession: true }
    : { kind: 'role', arn: sessionArn(accountId, { roleArn, name: session.name }), roleArn, session };
}

function unknownService(signingName: string): AwsError {
  const message = `The service ${signingName.slice(0, 60)} is not served by this endpoint; it serves ${servedServices.join(', ')}`;
  return new AwsError('UnknownOperationException', message, { statusCode: 404 });
}

/** The protocol that an error is written in where the service is not known, from how the request looks. */
function protocolOf(catalog: Catalog | undefined, headers: IncomingMessage['headers']) {
  if (catalog) return catalog.service.protocol;
  if (headers['x-amz-target'] !== undefined) return 'json-1.1';
  return headers['content-type']?.startsWith('application/x-www-form-urlencoded') ? 'query' : 'rest-json';
}
