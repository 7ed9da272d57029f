/* What the Secure and the Non-secure image and their test share. */
#ifndef TRUST_H
#define TRUST_H
#include <stdint.h>

#define SECRET_ADDRESS 0x30003F00u
#define SECRET 0x5EC2E7C0u
#define WORK_ROUNDS 400u
#define DONE 0x600DF10Bu

/* Non-secure RAM begins with it. */
struct trust_results {
  uint32_t added, called_back, echoed, stolen, digest, secure_digest;
  uint32_t ticks, ticks_over_secure, seen_of_secure; /* of Non-secure SysTick */
  uint32_t scaled; /* a float's bits */
  uint32_t done;
};
/* Secure RAM begins with it. */
struct trust_secure_results {
  uint32_t ticks, ticks_over_non_secure, return_values; /* of Secure SysTick; the last two EXC_RETURNs ORed */
  uint32_t faults, sfsr, sfar;
};

/* Any function of which a lost register or flag would change the result. */
static inline uint32_t trust_digest(uint32_t rounds) {
  uint32_t a = 1, b = 2, c = 3, d = 4, e = 5, f = 6, g = 7;
  for (uint32_t i = 0; i < rounds; ++i) {
    a += b ^ i;
    b = (b << 5 | b >> 27) + c;
    c ^= d + a;
    d = (d << 9 | d >> 23) ^ e;
    e += f * 3;
    f ^= g - i;
    g = (g << 13 | g >> 19) + a;
    if (a > g) ++f;
  }
  return a ^ b ^ c ^ d ^ e ^ f ^ g;
}
#endif
