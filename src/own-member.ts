/** A record's own member. Names come from outside, and a plain `record[name]` would also find `constructor`. */
export function ownMember<Value>(
  record: Readonly<Record<string, Value>> | undefined,
  name: string | undefined,
): Value | undefined {
  return record !== undefined && name !== undefined && Object.hasOwn(record, name) ? record[name] : undefined;
}
