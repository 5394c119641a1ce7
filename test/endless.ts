import type { RequestListener } from 'node:http';

/** An answer that goes on as fast as it is read, until who reads it goes away. */
export const endless: RequestListener = (_request, response) => {
  const part = Buffer.alloc(1024 * 1024, 'a');
  const more = () => {
    while (!response.destroyed && response.write(part));
  };
  response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
  response.write('{"TableNames":["');
  response.on('drain', more);
  more();
};
