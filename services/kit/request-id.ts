import { randomBytes } from 'node:crypto';

const ACCEPTED = /^[A-Za-z0-9._-]{8,64}$/;
const ID_DIGITS = 32;
/** So many ids are drawn at once: one call for all their random bytes. */
const STOCK = 256;

let stock = '';
let stockAt = 0;

/** The client's request id when it is well formed, else a new one: 128 random bits. */
export function requestIdFrom(header: string | undefined): string {
  return header !== undefined && ACCEPTED.test(header) ? header : newRequestId();
}

function newRequestId(): string {
  if (stockAt === stock.length) {
    stock = randomBytes((STOCK * ID_DIGITS) / 2).toString('hex');
    stockAt = 0;
  }
  return stock.slice(stockAt, (stockAt += ID_DIGITS));
}
