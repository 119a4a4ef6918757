//! Changes of inputs.

use crate::random::Random;

/// Numbers at the edges of what fields hold.
const NUMBERS: [u64; 12] = [
    0,
    1,
    2,
    0x7f,
    0xff,
    0x100,
    0xfff,
    0x1000,
    0xffff,
    0x7fff_ffff,
    0xffff_ffff,
    u64::MAX,
];

/// Changes `input` in one to eight places.
pub(crate) fn change(input: &mut Vec<u8>, others: &[Vec<u8>], random: &mut Random) {
    for _ in 0..=random.below(8) {
        change_once(input, others, random);
    }
}

fn change_once(input: &mut Vec<u8>, others: &[Vec<u8>], random: &mut Random) {
    let at = random.below(input.len() + 1);
    let length = random.below(input.len() - at + 1).min(random.below(64) + 1);
    match random.below(8) {
        0 => flip_bit(input, at, random),
        1 => overwrite(input, at, &[random.number() as u8]),
        2 => {
            let number = *random.choose(&NUMBERS).unwrap_or(&0);
            let width = 1 << random.below(4);
            overwrite(input, at, &number.to_le_bytes()[..width]);
        }
        3 => {
            let small = (random.number() as u8 % 35).wrapping_sub(17);
            if let Some(byte) = input.get_mut(at) {
                *byte = byte.wrapping_add(small);
            }
        }
        4 => drop(input.drain(at..at + length)),
        5 => {
            let bytes: Vec<u8> = (0..=random.below(8))
                .map(|_| random.number() as u8)
                .collect();
            input.splice(at..at, bytes);
        }
        6 => {
            let copy = input[at..at + length].to_vec();
            let to = random.below(input.len() + 1);
            input.splice(to..to, copy);
        }
        _ => {
            // The end of another input.
            if let Some(other) = random.choose(others) {
                let from = random.below(other.len() + 1);
                input.truncate(at);
                input.extend_from_slice(&other[from..]);
            }
        }
    }
}

fn flip_bit(input: &mut [u8], at: usize, random: &mut Random) {
    if let Some(byte) = input.get_mut(at) {
        *byte ^= 1 << random.below(8);
    }
}

fn overwrite(input: &mut [u8], at: usize, bytes: &[u8]) {
    for (to, from) in input[at..].iter_mut().zip(bytes) {
        *to = *from;
    }
}
