/** The checkout, as seen from where tests run: compiled, in build/test/. */
export const root = new URL('../../../', import.meta.url);
