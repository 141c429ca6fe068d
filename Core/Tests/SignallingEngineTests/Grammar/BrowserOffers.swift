/// What browsers send, as they wrote it (line ends apart).
enum BrowserOffers {
    /// Chromium 156, one microphone, `bundlePolicy: max-bundle`.
    static let chromium = """
        v=0
        o=- 4627074840236320075 2 IN IP4 127.0.0.1
        s=-
        t=0 0
        a=group:BUNDLE 0
        a=extmap-allow-mixed
        a=msid-semantic: WMS 46e86172-bc75-4b60-822b-faeed2881ecc
        m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126
        c=IN IP4 0.0.0.0
        a=rtcp:9 IN IP4 0.0.0.0
        a=ice-ufrag:ac7J
        a=ice-pwd:uZ7tf9znm/wJEksDw4/PtGZf
        a=ice-options:trickle
        a=fingerprint:sha-256 91:0F:09:88:DC:C2:00:B0:69:F9:A2:2F:53:86:C7:C1:7C:CD:8D:EB:13:F3:E4:C8:B0:4B:3F:2B:AF:2D:FC:2B
        a=setup:actpass
        a=mid:0
        a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
        a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
        a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid
        a=sendrecv
        a=msid:46e86172-bc75-4b60-822b-faeed2881ecc 67407846-cc56-4003-84e1-8453e091f9b5
        a=rtcp-mux
        a=rtcp-rsize
        a=rtpmap:111 opus/48000/2
        a=rtcp-fb:111 transport-cc
        a=fmtp:111 minptime=10;useinbandfec=1
        a=rtpmap:63 red/48000/2
        a=fmtp:63 111/111
        a=rtpmap:9 G722/8000
        a=rtpmap:0 PCMU/8000
        a=rtpmap:8 PCMA/8000
        a=rtpmap:13 CN/8000
        a=rtpmap:110 telephone-event/48000
        a=rtpmap:126 telephone-event/8000
        a=ssrc:2062223920 cname:WZCCWUYOzjFNqq+H
        a=ssrc:2062223920 msid:46e86172-bc75-4b60-822b-faeed2881ecc 67407846-cc56-4003-84e1-8453e091f9b5

        """
    /// Firefox ESR: the fingerprint stands above the media, the password before the user fragment.
    static let firefox = """
        v=0
        o=mozilla...THIS_IS_SDPARTA-99.0 8406980664179699823 0 IN IP4 0.0.0.0
        s=-
        t=0 0
        a=sendrecv
        a=fingerprint:sha-256 46:A6:59:4B:71:53:CF:EE:1D:E7:23:54:D6:B7:F0:75:7D:6B:3B:8C:F4:70:6B:7D:E0:3B:D7:9F:B4:3A:52:42
        a=group:BUNDLE 0
        a=ice-options:trickle
        a=msid-semantic:WMS *
        m=audio 9 UDP/TLS/RTP/SAVPF 109 9 0 8 101
        c=IN IP4 0.0.0.0
        a=sendrecv
        a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
        a=extmap:2/recvonly urn:ietf:params:rtp-hdrext:csrc-audio-level
        a=extmap-allow-mixed
        a=fmtp:109 maxplaybackrate=48000;stereo=1;useinbandfec=1
        a=fmtp:101 0-15
        a=ice-pwd:0cea525eadd6d3e34cb37b86512dba7f
        a=ice-ufrag:629c9556
        a=mid:0
        a=msid:{cc886a25-c349-459f-8969-ca686f357eb5} {75b2ef63-b751-4e56-945f-2e7023cf506b}
        a=rtcp-fb:109 transport-cc
        a=rtcp-mux
        a=rtpmap:109 opus/48000/2
        a=rtpmap:9 G722/8000/1
        a=rtpmap:0 PCMU/8000
        a=rtpmap:8 PCMA/8000
        a=rtpmap:101 telephone-event/8000
        a=setup:actpass
        a=ssrc:4242226902 cname:{382c9481-8bea-4d60-9806-02bf1d786cef}

        """
    /// The shape of Chromium 109 with video first and gathered candidates, one of them behind a name.
    static let chromium109WithVideo = """
        v=0
        o=- 3301270186498513567 2 IN IP4 127.0.0.1
        s=-
        t=0 0
        a=group:BUNDLE 0 1
        a=extmap-allow-mixed
        a=msid-semantic: WMS s
        m=video 51372 UDP/TLS/RTP/SAVPF 96 97
        c=IN IP4 203.0.113.9
        a=rtcp:9 IN IP4 0.0.0.0
        a=candidate:1467250027 1 udp 2122260223 9ee5-4.local 51372 typ host generation 0 network-id 1
        a=candidate:842163049 1 udp 1677729535 203.0.113.9 51372 typ srflx raddr 0.0.0.0 rport 0
        a=ice-ufrag:1mHZ
        a=ice-pwd:JoBHoRjBDVYAmkhZpAVmO6OG
        a=fingerprint:sha-256 0F:09:88:DC:C2:00:B0:69:F9:A2:2F:53:86:C7:C1:7C:CD:8D:EB:13:F3:E4:C8:B0:4B:3F:2B:AF:2D:FC:2B:91
        a=setup:actpass
        a=mid:0
        a=sendrecv
        a=rtcp-mux
        a=rtpmap:96 VP8/90000
        a=rtpmap:97 rtx/90000
        m=audio 9 UDP/TLS/RTP/SAVPF 111 0 8 126
        c=IN IP4 0.0.0.0
        a=ice-ufrag:1mHZ
        a=ice-pwd:JoBHoRjBDVYAmkhZpAVmO6OG
        a=fingerprint:sha-1 0F:09:88:DC:C2:00:B0:69:F9:A2:2F:53:86:C7:C1:7C:CD:8D:EB:13
        a=fingerprint:SHA-256 0f:09:88:dc:c2:00:b0:69:f9:a2:2f:53:86:c7:c1:7c:cd:8d:eb:13:f3:e4:c8:b0:4b:3f:2b:af:2d:fc:2b:91
        a=setup:actpass
        a=mid:1
        a=recvonly
        a=rtcp-mux
        a=rtpmap:111 opus/48000/2
        a=rtpmap:0 PCMU/8000
        a=rtpmap:8 PCMA/8000
        a=rtpmap:126 telephone-event/8000

        """
}
