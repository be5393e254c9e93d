/**
 * Requests of one key that are under way here, streams and WebSockets among them. One object per
 * key, whichever of its secrets is used and however often the key is changed meanwhile.
 */
export class KeyLoad {
  inFlight = 0;
}
