/** Only the pool: undici's index loads fetch, WebSocket and caches, about 70 ms of start. */
declare module 'undici/lib/dispatcher/pool.js' {
  import { Pool } from 'undici';
  export default Pool;
}
