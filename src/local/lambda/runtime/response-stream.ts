import { Writable } from 'node:stream';

/** Marks a handler that writes its answer to a stream. */
export const streamsAnswer = Symbol.for('aws.lambda.runtime.handler.streaming');

/** What a streaming handler writes to; its bytes are the answer, which is handed over whole. */
export class ResponseStream extends Writable {
  readonly #chunks: Buffer[] = [];
  /** Set by `HttpResponseStream.from`: what comes before everything else. */
  prelude: Buffer | undefined;
  contentType: string | undefined;

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#chunks.push(chunk);
    done();
  }

  /** Function URLs and gateways would send it; Invoke does not. */
  setContentType(contentType: string): void {
    this.contentType = contentType;
  }

  whenFinished(then: (bytes: Buffer) => void): void {
    const finished = () => then(Buffer.concat([this.prelude ?? Buffer.alloc(0), ...this.#chunks]));
    if (this.writableFinished) finished();
    else this.once('finish', finished);
  }
}

export const createResponseStream = () => new ResponseStream();

/** Gives the function `awslambda`, as Lambda's runtimes do. */
export function installStreaming(): void {
  const awslambda = {
    streamifyResponse(handler: (...args: unknown[]) => unknown): unknown {
      return Object.assign(handler, { [streamsAnswer]: 'response' });
    },
    HttpResponseStream: {
      from(stream: ResponseStream, metadata: unknown): ResponseStream {
        // The metadata end with eight NUL bytes. Source: aws-lambda-nodejs-runtime-interface-client, HttpResponseStream.js.
        stream.prelude = Buffer.concat([Buffer.from(JSON.stringify(metadata)), Buffer.alloc(8)]);
        return stream;
      },
    },
  };
  Object.defineProperty(globalThis, 'awslambda', { value: awslambda, writable: true, configurable: true });
}
