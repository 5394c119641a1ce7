/**
 * The caller's mistake. API Gateway's integration response matches the prefix and answers HTTP 400;
 * every other error of this function becomes a 500.
 */
export class BadRequest extends Error {
  override readonly name = 'BadRequest';

  constructor(reason: string) {
    super(`[BadRequest] ${reason}`);
    // Lambda logs it for every such request, and where in this code it was noticed tells nobody anything.
    this.stack = `${this.name}: ${this.message}`;
  }
}
