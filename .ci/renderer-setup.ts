import { cleanup, configure } from '@testing-library/react';
import { afterEach } from 'vitest';

// A deadline, not a pause: on a busy machine a view may take longer than the library's one second.
configure({ asyncUtilTimeout: 5000 });

// The library unmounts by itself only where the test functions are global.
afterEach(cleanup);

// Nothing scrolls in jsdom.
Element.prototype.scrollIntoView = () => undefined;
