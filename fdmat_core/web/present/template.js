// The markup of a talk.

export const TEMPLATE = /* html */ `
  <div class="talk-slide">
    <header><p class="about"></p><p class="place"></p></header>
    <main>
      <div class="map"></div>
      <iframe class="page" title="A page of the explorer" hidden></iframe>
      <p class="missing" role="alert" hidden></p>
    </main>
    <footer><p class="method"></p><p class="caption" aria-live="polite"></p><p class="verdict"></p></footer>
    <dl class="keys" hidden></dl>
    <p class="hint">? keys · Esc leave</p>
  </div>`
