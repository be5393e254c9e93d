/**
 * jsdom knows `<dialog>` but not how to open one. This gives it the part that the console uses: modal
 * or not, `open` says whether it shows. Import it in tests that open dialogs.
 */
const dialog = HTMLDialogElement.prototype;

dialog.showModal = function showModal(this: HTMLDialogElement): void {
  this.open = true;
};
dialog.close = function close(this: HTMLDialogElement): void {
  this.open = false;
};
