import type { StackEvent } from '../stack/types.ts';
import type { Context } from './command.ts';

/** For commands that only look: of the events, what a person must know. */
export function noteOf({ ui }: Context): (event: StackEvent) => void {
  return (event) => {
    if (event.kind === 'note') ui.note(event.message);
  };
}
