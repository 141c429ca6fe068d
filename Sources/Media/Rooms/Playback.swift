/// Something being played to a leg: clips one after the other, 160 samples per tick.
struct Playback {
    let id: PlayID
    let clips: [AudioClip]
    let loops: Bool
    private var clip = 0
    private var offset = 0
    /// True before the first frame, which begins a talkspurt.
    private(set) var isNew = true

    init(id: PlayID, clips: [AudioClip], loops: Bool) {
        self.id = id
        self.clips = clips.filter { !$0.samples.isEmpty }
        self.loops = loops
    }

    /// Fills the next frame of A-law at `index`; false when there is nothing left to play. The last frame is filled
    /// up with silence.
    mutating func fill(_ buffer: PacketBuffer, at index: Int, count: Int) -> Bool {
        guard clip < clips.count else { return false }
        isNew = false
        var filled = 0
        while filled < count {
            if clip == clips.count {
                guard loops else {
                    buffer.fill(at: index + filled, count: count - filled, with: ALaw.silence)
                    return true
                }
                clip = 0
            }
            let samples = clips[clip].samples
            let piece = min(count - filled, samples.count - offset)
            buffer.copy(from: samples, start: offset, count: piece, to: index + filled)
            filled += piece
            offset += piece
            if offset == samples.count {
                clip += 1
                offset = 0
            }
        }
        if loops, clip == clips.count { clip = 0 }
        return true
    }
    /// True after the last frame was filled.
    var isOver: Bool { clip >= clips.count }
}
