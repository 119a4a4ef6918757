//! Where the boxes go: a row for each layer, each box below all that use it.

/// Pixels between boxes of a row, between rows, and around everything.
const BESIDE: usize = 24;
const BELOW: usize = 48;
const MARGIN: usize = 16;

/// In pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// From left to right.
    pub width: usize,
    /// From top to bottom.
    pub height: usize,
}

/// The place of each box.
#[derive(Debug)]
pub struct Layout {
    /// Of the whole picture.
    pub size: Size,
    corners: Vec<(usize, usize)>,
    sizes: Vec<Size>,
}

impl Layout {
    /// Places boxes of the given sizes; an edge leads from a box to one below it.
    pub fn new(sizes: &[Size], edges: &[(usize, usize)]) -> Self {
        let rows = rows(sizes.len(), edges);
        let row_width = |row: &Vec<usize>| {
            let boxes: usize = row.iter().map(|&index| sizes[index].width).sum();
            boxes + BESIDE * row.len().saturating_sub(1)
        };
        let widest = rows.iter().map(row_width).max().unwrap_or(0);
        let mut corners = vec![(0, 0); sizes.len()];
        let mut top = MARGIN;
        for row in &rows {
            let mut left = MARGIN + (widest - row_width(row)) / 2;
            for &index in row {
                corners[index] = (left, top);
                left += sizes[index].width + BESIDE;
            }
            let height = row.iter().map(|&index| sizes[index].height).max();
            top += height.unwrap_or(0) + BELOW;
        }
        Self {
            size: Size {
                width: widest + 2 * MARGIN,
                height: top.saturating_sub(BELOW) + MARGIN,
            },
            corners,
            sizes: sizes.into(),
        }
    }

    /// The upper left corner of a box.
    pub fn corner(&self, index: usize) -> (usize, usize) {
        self.corners[index]
    }

    /// The middle of its upper side, where arrows end.
    pub fn top(&self, index: usize) -> (usize, usize) {
        let (left, top) = self.corners[index];
        (left + self.sizes[index].width / 2, top)
    }

    /// The middle of its lower side, where arrows begin.
    pub fn bottom(&self, index: usize) -> (usize, usize) {
        let (middle, top) = self.top(index);
        (middle, top + self.sizes[index].height)
    }
}

/// The boxes of each row. A box is one row below the lowest that uses it, and stands in its row
/// where its users stand in theirs, so that few arrows cross.
fn rows(count: usize, edges: &[(usize, usize)]) -> Vec<Vec<usize>> {
    let mut depth = vec![0; count];
    // As many rounds as there are boxes are enough, and end if the edges are a cycle.
    for _ in 1..count {
        for &(from, to) in edges {
            depth[to] = depth[to].max(depth[from] + 1).min(count - 1);
        }
    }
    let mut rows: Vec<Vec<usize>> = Vec::new();
    for row in 0..count {
        let mut boxes: Vec<_> = (0..count).filter(|&index| depth[index] == row).collect();
        let above = |index: usize| -> usize {
            let places = edges
                .iter()
                .filter(|(_, to)| *to == index)
                .filter_map(|(from, _)| rows.last()?.iter().position(|other| other == from));
            let places: Vec<_> = places.collect();
            // In hundredths, since places are averaged.
            100 * places.iter().sum::<usize>() / places.len().max(1)
        };
        boxes.sort_by_key(|&index| above(index));
        if !boxes.is_empty() {
            rows.push(boxes);
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_is_below_all_its_users() {
        let edges = [(0, 1), (1, 2), (0, 2), (3, 2)];
        assert_eq!(rows(4, &edges), [vec![0, 3], vec![1], vec![2]]);
    }

    #[test]
    fn boxes_stand_below_their_users() {
        let edges = [(0, 3), (1, 2)];
        assert_eq!(rows(4, &edges), [vec![0, 1], vec![3, 2]]);
    }

    #[test]
    fn boxes_do_not_touch() {
        let size = Size {
            width: 50,
            height: 20,
        };
        let layout = Layout::new(&[size; 3], &[(0, 2), (1, 2)]);
        assert_eq!(layout.corner(1).0, layout.corner(0).0 + 50 + BESIDE);
        assert_eq!(layout.top(2).1, layout.bottom(0).1 + BELOW);
        assert!(layout.bottom(2).1 <= layout.size.height);
    }

    #[test]
    fn a_cycle_and_nothing_are_placed_too() {
        assert_eq!(rows(2, &[(0, 1), (1, 0)]).concat().len(), 2);
        assert_eq!(Layout::new(&[], &[]).size.width, 2 * MARGIN);
    }
}
