/**
 * Connections that wait for a process which has no time for them. With Node's 511 the kernel resets
 * those beyond in a storm, and a client that could have been told when to come back learns nothing.
 */
export const LISTEN_BACKLOG = 4_096;
