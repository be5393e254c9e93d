/** Of package.json; written here so that a bundle needs no second file. A test keeps them equal. */
export const VERSION = '0.1.0';
