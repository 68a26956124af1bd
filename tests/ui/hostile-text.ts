/** What other people may have written into a name, a status or a currency. */
export const HOSTILE_TEXTS = [
  "n".repeat(10_000),
  '<script>alert(1)</script><img src=x onerror="alert(1)">',
  "&lt;b&gt; &amp; &#60;i&#62;",
  "\u202Egnp.exe\u202C שלום مرحبا",
  "{{constructor.constructor('alert(1)')()}} ${7 * 7}",
  "👩‍👩‍👧 z̸̢͇a̵l̴g̷o̶",
  "",
];
