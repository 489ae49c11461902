//! Frames: how a finished replicate stands in an append-only file.
//!
//! A frame is `magic (8) | length (4) | CRC-32 (4) | payload`, integers little-endian. The checksum
//! covers length and payload. A kill may tear the last frame, and a power cut may lose pages in the
//! middle, so the reader never trusts a length: after a bad frame it looks for the next magic, and
//! every complete frame is found wherever it stands, but in a file that was made to keep it busy.

use std::ops::Range;

/// Begins every frame. The first byte cannot stand in UTF-8 text, so labels never look like a frame.
pub const MAGIC: [u8; 8] = *b"\xf5ORFRAM1";

/// Bytes before the payload.
pub const HEAD: usize = 16;

/// Where a payload may be at most this long: 4 GiB less one byte.
pub const MAX_PAYLOAD: usize = u32::MAX as usize;

/// The frame around a payload; `None` where the payload is too long to be framed.
pub fn encode(payload: &[u8]) -> Option<Vec<u8>> {
    let length = u32::try_from(payload.len()).ok()?;
    let mut frame = Vec::with_capacity(HEAD + payload.len());
    frame.extend_from_slice(&MAGIC);
    frame.extend_from_slice(&length.to_le_bytes());
    frame.extend_from_slice(&checksum(payload).to_le_bytes());
    frame.extend_from_slice(payload);
    Some(frame)
}

/// Of a payload that is at most [`MAX_PAYLOAD`] long.
fn checksum(payload: &[u8]) -> u32 {
    let length = payload.len() as u32;
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&length.to_le_bytes());
    hasher.update(payload);
    hasher.finalize()
}

/// Bytes of payload that are checksummed for each byte of a file. Sound frames take one; three are left for lengths that
/// lie, of which damage makes few and a hostile file one every eight bytes.
const WORK: usize = 4;

/// The payload of the frame that begins at `at` and the checksum that it claims, if a complete one does.
fn payload_at(bytes: &[u8], at: usize) -> Option<(Range<usize>, u32)> {
    let head = bytes.get(at..at.checked_add(HEAD)?)?;
    let (magic, rest) = head.split_at(8);
    if magic != MAGIC {
        return None;
    }
    let length = u32::from_le_bytes(rest[..4].try_into().ok()?);
    let claimed = u32::from_le_bytes(rest[4..].try_into().ok()?);
    let start = at + HEAD;
    let range = start..start.checked_add(usize::try_from(length).ok()?)?;
    (range.end <= bytes.len()).then_some((range, claimed))
}

/// The payloads of all sound frames from `start` on, in order; never panics, whatever the bytes.
///
/// Where frames claim so much that more than four times the file would have to be checksummed, the rest counts as torn.
pub fn scan(bytes: &[u8], start: usize) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = start;
    let mut work = bytes.len().saturating_mul(WORK);
    while at < bytes.len() {
        let mut sound = None;
        if let Some((payload, claimed)) = payload_at(bytes, at) {
            let Some(left) = work.checked_sub(payload.len()) else {
                break;
            };
            work = left;
            sound = Some(payload).filter(|payload| checksum(&bytes[payload.clone()]) == claimed);
        }
        if let Some(payload) = sound {
            at = payload.end;
            found.push(payload);
        } else {
            let next = bytes[at + 1..].windows(MAGIC.len()).position(|window| window == MAGIC);
            match next {
                Some(offset) => at += 1 + offset,
                None => break,
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn file(payloads: &[Vec<u8>]) -> Vec<u8> {
        payloads.iter().flat_map(|p| encode(p).unwrap()).collect()
    }

    fn payloads() -> impl Strategy<Value = Vec<Vec<u8>>> {
        prop::collection::vec(prop::collection::vec(any::<u8>(), 0..60), 1..8)
    }

    /// Frames that each claim all the rest of the file, and one sound frame at the end.
    fn busy(claims: usize) -> Vec<u8> {
        let end = encode(b"sound").unwrap();
        let mut bytes = Vec::new();
        for i in 1..=claims {
            let rest = (claims - i) * HEAD + end.len();
            bytes.extend_from_slice(&MAGIC);
            bytes.extend_from_slice(&u32::try_from(rest).unwrap().to_le_bytes());
            bytes.extend_from_slice(&[0; 4]);
        }
        bytes.extend_from_slice(&end);
        bytes
    }

    #[test]
    fn a_few_lengths_that_lie_cost_nothing_else() {
        let bytes = busy(3);
        let found = scan(&bytes, 0);
        assert_eq!(found.len(), 1);
        assert_eq!(&bytes[found[0].clone()], b"sound");
    }

    #[test]
    fn a_file_made_to_keep_the_reader_busy_counts_as_torn() {
        // 16 MiB, of which 8 TiB would have to be checksummed.
        let begun = std::time::Instant::now();
        assert_eq!(scan(&busy(1 << 20), 0), []);
        assert!(begun.elapsed().as_secs() < 60, "{:?}", begun.elapsed());
        // What is sound before it stands.
        let bytes = [encode(b"first").unwrap(), busy(1 << 10)].concat();
        let found: Vec<&[u8]> = scan(&bytes, 0).into_iter().map(|range| &bytes[range]).collect();
        assert_eq!(found, [b"first"]);
    }

    proptest! {
        #[test]
        fn a_torn_tail_costs_only_the_torn_frame(payloads in payloads(), cut in any::<prop::sample::Index>()) {
            let bytes = file(&payloads);
            let cut = cut.index(bytes.len() + 1);
            let found = scan(&bytes[..cut], 0);
            let mut end = 0;
            let whole = payloads.iter().take_while(|p| { end += HEAD + p.len(); end <= cut }).count();
            prop_assert_eq!(found.len(), whole);
            for (range, payload) in found.iter().zip(&payloads) {
                prop_assert_eq!(&bytes[range.clone()], &payload[..]);
            }
        }

        #[test]
        fn a_changed_byte_costs_one_frame_and_no_bad_frame_is_accepted(
            payloads in payloads(), at in any::<prop::sample::Index>(), flip in 1u8..=255,
        ) {
            let mut bytes = file(&payloads);
            let at = at.index(bytes.len());
            bytes[at] ^= flip;
            let found: Vec<_> = scan(&bytes, 0).into_iter().map(|r| bytes[r].to_vec()).collect();
            let mut start = 0;
            let expected: Vec<_> = payloads.iter().filter(|p| {
                let mine = start..start + HEAD + p.len();
                start = mine.end;
                !mine.contains(&at)
            }).cloned().collect();
            prop_assert_eq!(found, expected);
        }

        #[test]
        fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            prop_assert!(scan(&bytes, 0).is_empty());
        }
    }
}
