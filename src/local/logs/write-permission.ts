import type { EngineParts } from '../engine-parts.ts';

/** A role's permissions are looked up again after this time. */
const permissionMs = 1_000;

/** Whether a role may write to a stream, and make its group where there is none. Nobody's role asks for no permission. */
export function createWritePermission(
  engine: EngineParts,
  { region, group, stream, roleArn }: { region: string; group: string; stream: string; roleArn(): string | undefined },
): () => boolean {
  const arn = `arn:aws:logs:${region}:${engine.accountId}:log-group:${group}`;
  const allows = (action: string, resource: string) => {
    const role = roleArn();
    return role === undefined || engine.denialOf({ roleArn: role, action, resource }) === undefined;
  };
  let known = false;
  let untilMs = 0;
  return () => {
    if (performance.now() < untilMs) return known;
    untilMs = performance.now() + permissionMs;
    known =
      allows('logs:PutLogEvents', `${arn}:log-stream:${stream}`) &&
      (engine.logs.findGroup(region, group) !== undefined || allows('logs:CreateLogGroup', arn));
    return known;
  };
}
