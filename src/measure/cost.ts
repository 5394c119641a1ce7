/**
 * Prices in US dollars, us-east-1, first tiers, without the free tier; other regions differ by some percent.
 * Lambda: https://aws.amazon.com/lambda/pricing/ (the per-millisecond bases are AWS Lambda Power Tuning's).
 * API Gateway REST: https://aws.amazon.com/api-gateway/pricing/; DynamoDB on demand, since November 2024:
 * https://aws.amazon.com/dynamodb/pricing/on-demand/; X-Ray: https://aws.amazon.com/xray/pricing/.
 */
export type Architecture = 'arm64' | 'x86_64';

const lambdaPer128MbMs: Record<Architecture, number> = { x86_64: 2.1e-9, arm64: 1.7e-9 };
const lambdaPerRequest = 0.2e-6;
const gatewayPerRequest = 3.5e-6;
const dynamodbPerWrite = 0.625e-6;
const xrayPerTrace = 5e-6;
/** X-Ray's default rule. */
const sampledShare = 0.05;

/** What Lambda charges for one invocation, or for the mean of several, without the price per request. */
export function lambdaComputeCost(of: { billedMs: number; memoryMb: number; architecture: Architecture }): number {
  return of.billedMs * lambdaPer128MbMs[of.architecture] * (of.memoryMb / 128);
}

export function lambdaCostPerMillion(of: { billedMs: number; memoryMb: number; architecture: Architecture }): number {
  return (lambdaComputeCost(of) + lambdaPerRequest) * 1e6;
}

/** An upper estimate of what calls of the API cost, each as if it wrote one item. */
export function apiCost(of: {
  requests: number;
  billedMs: number;
  memoryMb: number;
  architecture: Architecture;
  tracing: boolean;
}): number {
  const each = gatewayPerRequest + lambdaPerRequest + lambdaComputeCost(of) + dynamodbPerWrite;
  return of.requests * (each + (of.tracing ? sampledShare * xrayPerTrace : 0));
}
