// The bundle has the types of the package; the package declares them for its main door only.
declare module 'echarts/dist/echarts.esm.min.mjs' {
  export * from 'echarts';
}
