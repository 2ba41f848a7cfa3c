// Pages opened from disk: browsers refuse workers there, so the search runs in a frame without a size.
// Zensical would fetch a script for this from elsewhere unless one of this name is given.
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    constructor(url) {
      super();
      this.onmessage = this.onerror = null;
      const frame = document.createElement("iframe");
      frame.hidden = true;
      this.ready = new Promise((done) => {
        frame.addEventListener("load", () => {
          const inside = frame.contentWindow;
          inside.postMessage = (data) => this.tell(data);
          const script = inside.document.createElement("script");
          script.src = new URL(url, location).href;
          script.addEventListener("load", () => done(inside));
          inside.document.head.append(script);
        });
      });
      frame.srcdoc = "<!doctype html><title>search</title>";
      (document.body ?? document.documentElement).append(frame);
    }
    // As between a page and a worker, each side gets a copy of its own.
    tell(data) {
      const event = new MessageEvent("message", { data: structuredClone(data) });
      this.onmessage?.(event);
      this.dispatchEvent(event);
    }
    async postMessage(data) {
      const inside = await this.ready;
      const event = new inside.MessageEvent("message", { data: inside.structuredClone(data) });
      inside.onmessage?.(event);
      inside.dispatchEvent(event);
    }
    terminate() {}
  };
}
