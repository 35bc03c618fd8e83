/* global window, document, setInterval, setTimeout */
// Put into a page before its own scripts (dev/shots.mjs): a connection that needs no gateway and
// shows a drawn person. window.pretend.flow = false stops the bytes, as a lost network does.
(() => {
    const pretend = (window.pretend = { flow: true });

    function person(context, hue, tick) {
        context.fillStyle = `hsl(${hue}, 22%, 78%)`;
        context.fillRect(0, 0, 1280, 720);
        context.fillStyle = `hsl(${hue}, 30%, 30%)`;
        context.beginPath();
        context.ellipse(640, 760, 330, 300, 0, 0, 7);
        context.fill();
        context.fillStyle = "#e3b28c";
        context.beginPath();
        context.ellipse(640, 330 + 3 * Math.sin(tick / 9), 125, 160, 0, 0, 7);
        context.fill();
        context.fillStyle = "#2a211b";
        context.beginPath();
        context.ellipse(640, 235, 140, 90, 0, 3.1, 6.3);
        context.fill();
    }

    function drawn(hue) {
        const canvas = document.createElement("canvas");
        canvas.width = 1280;
        canvas.height = 720;
        const context = canvas.getContext("2d");
        let tick = 0;
        setInterval(() => person(context, hue, tick++), 66);
        person(context, hue, 0);
        return canvas.captureStream(15).getVideoTracks()[0];
    }

    class PretendConnection {
        iceConnectionState = "new";
        localDescription = { sdp: "v=0\r\n" };
        bytes = 0;
        watching = false;
        senders = [];
        addTransceiver(what) {
            if (typeof what === "string") this.watching = true;
            else this.senders.push({ track: what, replaceTrack: () => Promise.resolve() });
        }
        getSenders() {
            return this.senders;
        }
        createOffer() {
            return Promise.resolve({ type: "offer", sdp: "v=0\r\n" });
        }
        setLocalDescription() {
            return Promise.resolve();
        }
        setRemoteDescription() {
            if (this.watching && pretend.flow) this.ontrack?.({ track: drawn(150) });
            setTimeout(() => {
                this.iceConnectionState = "connected";
                this.oniceconnectionstatechange?.();
            }, 50);
            return Promise.resolve();
        }
        getStats() {
            if (pretend.flow) this.bytes += 1000;
            return Promise.resolve(new Map([["a", { type: "inbound-rtp", bytesReceived: this.bytes }]]));
        }
        close() {}
    }
    window.RTCPeerConnection = PretendConnection;
})();
