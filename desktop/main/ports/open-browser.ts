/** Shows an address in the operator's own browser. False when this host can't: show the link then. */
export type OpenBrowser = (url: string) => Promise<boolean>;
