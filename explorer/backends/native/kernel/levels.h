/* From the slowest to the fastest; the build knows the same names with their flags. */
#if defined(__x86_64__)
LEVEL(avx2)
LEVEL(avx512)
#if !defined(GE_NO_AVX512_BF16) /* an older compiler does not know it */
LEVEL(avx512_bf16)
#endif
#else
LEVEL(portable)
#endif
