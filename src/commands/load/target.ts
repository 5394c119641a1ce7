import { stageUrl } from '../../aws/api-address.ts';
import { type FunctionSettings, readFunctionSettings } from '../../aws/function-settings.ts';
import { messageIn } from '../../endpoint/answer-message.ts';
import { lookupHost } from '../../endpoint/http.ts';
import { proxyFor } from '../../endpoint/proxy.ts';
import type { Way } from '../../measure/load/connection.ts';
import { requestSources, type Scenario } from '../../measure/load/scenario.ts';
import type { Context } from '../../session/command.ts';
import { hasSignIn } from '../../session/outputs.ts';
import { explainRefusal } from '../../session/refusal.ts';
import type { Api, ApiOutputs, Exchange } from '../../session/session.ts';
import { functionNameIn } from '../../stack/names.ts';
import { entryPath } from '../../stack/service.ts';
import type { LoadRequests } from './plan.ts';

/** The stack's API, found to answer, what it is sent, and a token that stays good. */
export interface LoadTarget {
  outputs: ApiOutputs;
  /** The stage's; requests go below it. */
  url: URL;
  scenario: Scenario;
  /** Of the functions that answer, in the scenario's order. */
  functions: FunctionSettings[];
  way: Way | undefined;
  /** The token of the next request. */
  token: () => string | undefined;
  /** Stops looking after the token. */
  close(): void;
}

/** Sign-in hands out a kept token while it has a minute left, so this is soon enough. */
const tokenCheckMs = 20_000;

/** Calls the API once: a load is started only at one that answers, with a token that it takes. */
export async function openLoadTarget(
  context: Context,
  { scenario, functions: answering }: LoadRequests,
): Promise<LoadTarget> {
  // First, because opening the target may restart the engine at another address.
  const [aws, stack, service] = await Promise.all([context.aws(), context.stack(), context.service({ values: false })]);
  const session = await context.session();
  const standing = await session.standingApi();
  const functions = await Promise.all(answering.map((name) => readFunctionSettings(aws, functionNameIn(stack, name))));
  const api = await session.api({ auth: true });
  const asked = entryPath(service) !== '' ? await api.post('{"operation":"ping"}') : await askOnce(api, scenario);
  const { status } = asked?.response ?? {};
  if (asked && (status === 401 || status === 403)) {
    throw explainRefusal(status, {
      token: asked.token,
      outputs: asked.outputs,
      nowMs: context.clock(),
      message: messageIn(asked.body) ?? asked.response.statusText,
      requestId: undefined,
    });
  }
  const { outputs } = asked ?? standing;
  let token = asked ? asked.token : hasSignIn(outputs) ? (await session.tokens()).idToken : undefined;
  let failedBefore = false;
  const refresh = async () => {
    try {
      token = (await session.tokens()).idToken;
      failedBefore = false;
    } catch (error) {
      // The requests that it is refused for are counted; what went wrong is said once.
      if (!failedBefore) context.ui.warn(`The token could not be renewed: ${String(error)}`);
      failedBefore = true;
    }
  };
  const timer = setInterval(() => void refresh(), tokenCheckMs);
  return {
    outputs,
    url: new URL(stageUrl(outputs.apiUrl)),
    scenario,
    functions,
    way: await wayTo(outputs.apiUrl, context),
    token: () => token,
    close: () => clearInterval(timer),
  };
}

/** The first request as it will be sent, where it changes nothing. */
async function askOnce(api: Api, scenario: Scenario): Promise<Exchange | undefined> {
  const { method, target, isAuthorized } = requestSources({ ...scenario, weights: undefined }, () => 0)()();
  if (method !== 'GET' || isAuthorized) return undefined;
  const at = target.indexOf('?');
  return api.send({ method, path: at < 0 ? target : target.slice(0, at), query: at < 0 ? '' : target.slice(at + 1) });
}

/** Through the proxy that the environment names, also to an http address: CONNECT takes both. */
async function wayTo(apiUrl: string, { env }: Context): Promise<Way> {
  const { protocol, hostname: host, port } = new URL(apiUrl);
  const proxy = proxyFor(apiUrl, env);
  if (proxy === undefined && protocol === 'http:') return { lookup: lookupHost };
  const { authorities, openTunnel } = await import('../../endpoint/way-out.ts');
  const ca = authorities(env);
  const to = { host, port: Number(port) || (protocol === 'https:' ? 443 : 80), ca };
  return { ca, lookup: lookupHost, tunnel: proxy && (() => openTunnel(proxy, to)) };
}
