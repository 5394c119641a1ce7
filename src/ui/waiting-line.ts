import type { Writable } from 'node:stream';

export interface WaitingLine {
  /** Says what is awaited, at once. */
  show(what: string): void;
  /** Takes it away, for good: something else is shown. False where it was not there. */
  end(): boolean;
}

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const frameMs = 80;
const eraseLine = '\r\u001b[2K';

/** A moving line on a terminal, for the time before a command has anything of its own to show. */
export function createWaitingLine(stderr: Writable): WaitingLine {
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;
  return {
    show(what) {
      if (isOver || timer) return;
      let frame = 0;
      const draw = () => {
        stderr.write(`${eraseLine}${frames[frame++ % frames.length]} ${what}`);
      };
      draw();
      timer = setInterval(draw, frameMs).unref();
    },
    end() {
      isOver = true;
      if (!timer) return false;
      clearInterval(timer);
      timer = undefined;
      stderr.write(eraseLine);
      return true;
    },
  };
}
