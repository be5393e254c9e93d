import { describe, expect, it } from 'vitest';
import {
  parseOperationName,
  parseRevisionName,
  parseServiceName,
  requireLocalParent,
  revisionName,
  serviceName,
} from './resource-names.ts';

describe('resource names', () => {
  it('are read back as they were made', () => {
    expect(parseServiceName(serviceName('shop'))).toBe('shop');
    expect(parseRevisionName(revisionName('shop', 'shop-1'))).toEqual({
      service: 'shop',
      revision: 'shop-1',
    });
  });

  it('of another project are not found, malformed ones invalid', () => {
    expect(() => parseServiceName('projects/p/locations/local/services/x')).toThrow('not found');
    expect(() => parseServiceName('shop')).toThrow('must look like');
    expect(() => parseOperationName('operations/1')).toThrow('must look like');
    expect(() => {
      requireLocalParent('projects/local/locations/-');
    }).toThrow('wildcard');
  });
});
