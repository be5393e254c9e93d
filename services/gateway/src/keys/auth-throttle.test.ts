import { describe, expect, it } from 'vitest';
import { createAuthThrottle } from './auth-throttle.ts';

describe('createAuthThrottle', () => {
  it('blocks an address after 20 failures and forgives one every 3 s', () => {
    let now = 0;
    const throttle = createAuthThrottle(() => now);
    for (let i = 0; i < 20; i += 1) {
      expect(throttle.blocked('10.0.0.1', `key-${i}`)).toBe(false);
      throttle.failed('10.0.0.1', `key-${i}`);
    }
    expect(throttle.blocked('10.0.0.1', 'another')).toBe(true);
    expect(throttle.blocked('10.0.0.2', 'another')).toBe(false);
    now = 3_001;
    expect(throttle.blocked('10.0.0.1', 'another')).toBe(false);
    throttle.failed('10.0.0.1', 'another');
    expect(throttle.blocked('10.0.0.1', 'yet another')).toBe(true);
  });

  it('blocks a key id after 5 failures from anywhere', () => {
    const throttle = createAuthThrottle(() => 0);
    for (let i = 0; i < 5; i += 1) throttle.failed(`10.0.0.${i}`, '0A1b2C3d4E5f');
    expect(throttle.blocked('10.9.9.9', '0A1b2C3d4E5f')).toBe(true);
    expect(throttle.blocked('10.9.9.9', '0A1b2C3d4E5g')).toBe(false);
  });

  it('counts IPv6 by its /64, and IPv4-mapped addresses as the IPv4 they are', () => {
    const throttle = createAuthThrottle(() => 0);
    for (let i = 0; i < 20; i += 1) throttle.failed(`2001:db8:0:1::${i.toString(16)}`, `a-${i}`);
    for (let i = 0; i < 20; i += 1) throttle.failed('::ffff:10.0.0.1', `b-${i}`);
    expect(throttle.blocked('2001:db8:0:1:ffff::1', 'x')).toBe(true);
    expect(throttle.blocked('2001:db8:0:2::1', 'x')).toBe(false);
    expect(throttle.blocked('10.0.0.1', 'x')).toBe(true);
  });

  it('has a bounded table: a flood of addresses blocks others, it frees nobody', () => {
    const throttle = createAuthThrottle(() => 0);
    for (let i = 0; i < 20; i += 1) throttle.failed('10.0.0.1', `a-${i}`);
    for (let i = 0; i < 200_000; i += 1) {
      throttle.failed(`11.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`, `b-${i}`);
    }
    expect(throttle.blocked('10.0.0.1', 'x')).toBe(true);
    // Never failed, but somebody who did has its entry.
    expect(throttle.blocked('192.0.2.1', 'x')).toBe(true);
  });
});
