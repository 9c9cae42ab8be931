/**
 * One, zero, one, zero as machine words: what the kernel takes by address. As `struct itimerval` it is a second, and
 * again a second, as `struct timespec` a second; the first is a socket option's "on", the second its "off". Two stores are less than a table.
 */

export const ones = zeroed<Fixed<usize, 4>>();
