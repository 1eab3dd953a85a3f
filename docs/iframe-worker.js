// Search where pages are opened as files, without a server: a browser then starts no worker, so a
// hidden frame does its work. The plugin `offline` would load such a script from elsewhere.
if (location.protocol === "file:") {
  window.IFrameWorker = class extends EventTarget {
    constructor(url) {
      super();
      const frame = document.createElement("iframe");
      frame.hidden = true;
      frame.srcdoc = "<!doctype html>";
      this.ready = new Promise((done) => {
        frame.onload = () => this.start(frame.contentWindow, new URL(url, location).href, done);
      });
      document.body.append(frame);
    }

    start(room, address, done) {
      room.postMessage = (data) => this.dispatchEvent(new MessageEvent("message", { data }));
      const script = room.document.createElement("script");
      script.src = address;
      script.onload = () => done(room);
      room.document.body.append(script);
    }

    postMessage(data) {
      this.ready.then((room) => room.dispatchEvent(new MessageEvent("message", { data })));
    }
  };
  window.Worker = window.IFrameWorker;
}
