/** What we use of jstat, which brings no types: Student's t (degrees of freedom). */
declare module 'jstat' {
  const jStat: { readonly studentt: { cdf(x: number, degrees: number): number; inv(share: number, degrees: number): number }; readonly normal: { cdf(x: number, mean: number, deviation: number): number } }
  /* oxlint-disable-next-line import/no-default-export -- the package is CommonJS, and this is how it is imported. */
  export default jStat
}
