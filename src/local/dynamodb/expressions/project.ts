import { ownMember } from '../../../own-member.ts';
import { type AttributeValue, emptyItem, type Item } from '../values/types.ts';
import type { Path } from './types.ts';

/** What is wanted of a value: all of it where there are no members. */
type Wanted = Map<string | number, Wanted>;

/** The item with nothing but what the paths lead to; members of lists close up. */
export function project(paths: readonly Path[], item: Item): Item {
  const wanted: Wanted = new Map();
  for (const path of paths) {
    let inside = wanted;
    for (const step of path) {
      const next: Wanted = inside.get(step) ?? new Map();
      inside.set(step, next);
      inside = next;
    }
  }
  return pickMembers(item, wanted) ?? emptyItem();
}

function pick(value: AttributeValue, wanted: Wanted): AttributeValue | undefined {
  if (wanted.size === 0) return value;
  if ('M' in value) {
    const members = pickMembers(value.M, wanted);
    return members && { M: members };
  }
  if (!('L' in value)) return undefined;
  const indexes = [...wanted.keys()].filter((step) => typeof step === 'number').sort((one, other) => one - other);
  const members = indexes.flatMap((index) => {
    const [member, inside] = [value.L[index], wanted.get(index)];
    return (member && inside && pick(member, inside)) ?? [];
  });
  return members.length > 0 ? { L: members } : undefined;
}

/** Nothing where nothing of what is wanted is there. */
function pickMembers(map: Item, wanted: Wanted): Item | undefined {
  const picked = emptyItem();
  let found = false;
  for (const [name, inside] of wanted) {
    const member = ownMember(map, String(name));
    const value = member && pick(member, inside);
    if (!value) continue;
    picked[name] = value;
    found = true;
  }
  return found ? picked : undefined;
}
