//! The layout of boxes and arrows: a row for each layer, each box below all boxes that use it. Arrows
//! pass between the boxes of the rows that they cross.

/// Gaps in pixels: between boxes of a row, between rows, and at the margins.
const BESIDE: usize = 24;
const BELOW: usize = 48;
const MARGIN: usize = 16;

/// A size in pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// From left to right.
    pub width: usize,
    /// From top to bottom.
    pub height: usize,
}

/// A point, in pixels from the left and from the top.
pub type Point = (usize, usize);

/// The positions of boxes and the routes of arrows.
#[derive(Debug)]
pub struct Layout {
    /// The size of the whole picture.
    pub size: Size,
    corners: Vec<Point>,
    slots: Vec<Size>,
    routes: Vec<Vec<usize>>,
    /// Top and height of the row of each slot.
    rows: Vec<(usize, usize)>,
}

impl Layout {
    /// Lays out boxes of the given sizes. An edge leads from a box to one below it.
    pub fn new(sizes: &[Size], edges: &[(usize, usize)]) -> Self {
        let mut depths = depths(sizes.len(), edges);
        let mut slots = sizes.to_vec();
        let mut routes = Vec::new();
        for &(from, to) in edges {
            let mut route = vec![from];
            // The arrow gets its own slot in each row that it crosses.
            for depth in depths[from] + 1..depths[to] {
                route.push(slots.len());
                slots.push(Size::default());
                depths.push(depth);
            }
            route.push(to);
            routes.push(route);
        }
        let links: Vec<_> = routes
            .iter()
            .flat_map(|route| route.windows(2).map(|link| (link[0], link[1])))
            .collect();
        Self::from_rows(rows(&depths, &links), slots, routes, &links)
    }

    fn from_rows(
        rows: Vec<Vec<usize>>,
        slots: Vec<Size>,
        routes: Vec<Vec<usize>>,
        links: &[(usize, usize)],
    ) -> Self {
        let middles = middles(&rows, &slots, links);
        let left = |index: usize| middles[index] - (slots[index].width / 2) as i64;
        let leftmost = (0..slots.len()).map(left).min().unwrap_or(0);
        let corner = |index| (left(index) - leftmost) as usize + MARGIN;
        let mut corners = vec![(0, 0); slots.len()];
        let mut from_rows = vec![(0, 0); slots.len()];
        let (mut top, mut right) = (MARGIN, MARGIN);
        for row in &rows {
            let heights = row.iter().map(|&index| slots[index].height);
            let height = heights.max().unwrap_or(0);
            for &index in row {
                corners[index] = (corner(index), top);
                from_rows[index] = (top, height);
                right = right.max(corner(index) + slots[index].width);
            }
            top += height + BELOW;
        }
        Self {
            size: Size {
                width: right + MARGIN,
                height: top.saturating_sub(BELOW).max(MARGIN) + MARGIN,
            },
            corners,
            slots,
            routes,
            rows: from_rows,
        }
    }

    /// The upper left corner of a box.
    pub fn corner(&self, index: usize) -> Point {
        self.corners[index]
    }

    /// The route of an arrow, in pairs of points: a straight line within a pair, a curve to the next
    /// pair. It starts below a box and ends above another.
    pub fn route(&self, edge: usize) -> Vec<[Point; 2]> {
        let route = self.routes[edge].iter().enumerate();
        let pairs = route.map(|(position, &index)| {
            let (left, corner) = self.corners[index];
            let x = left + self.slots[index].width / 2;
            let (top, height) = self.rows[index];
            match position {
                0 => [(x, corner + self.slots[index].height), (x, top + height)],
                last if last + 1 == self.routes[edge].len() => [(x, corner); 2],
                _ => [(x, top), (x, top + height)],
            }
        });
        pairs.collect()
    }
}

/// The row of each box: one below the lowest box that uses it.
fn depths(count: usize, edges: &[(usize, usize)]) -> Vec<usize> {
    let mut depths = vec![0; count];
    // One round per box is enough. The bound also ends the loop if the edges form a cycle.
    for _ in 1..count {
        for &(from, to) in edges {
            depths[to] = depths[to].max(depths[from] + 1).min(count - 1);
        }
    }
    depths
}

/// Orders the slots of each row by the positions of their users, so that few arrows cross.
fn rows(depths: &[usize], links: &[(usize, usize)]) -> Vec<Vec<usize>> {
    let deepest = depths.iter().max().map_or(0, |deepest| deepest + 1);
    let mut rows: Vec<Vec<usize>> = vec![Vec::new(); deepest];
    for (index, &depth) in depths.iter().enumerate() {
        rows[depth].push(index);
    }
    rows.retain(|row| !row.is_empty());
    for row in 1..rows.len() {
        let (above, below) = rows.split_at_mut(row);
        let above = above.last().expect("the first row is above");
        let position = |index: usize| -> usize {
            let users = links.iter().filter(|(_, to)| *to == index);
            let positions: Vec<_> = users
                .filter_map(|(from, _)| above.iter().position(|other| other == from))
                .collect();
            // In hundredths, because positions are averaged.
            100 * positions.iter().sum::<usize>() / positions.len().max(1)
        };
        below[0].sort_by_key(|&index| position(index));
    }
    rows
}

/// Returns the centre of each slot: below the centre of its users, as far as the row allows.
fn middles(rows: &[Vec<usize>], slots: &[Size], links: &[(usize, usize)]) -> Vec<i64> {
    let mut middles = vec![0; slots.len()];
    let mut placed = vec![false; slots.len()];
    for row in rows {
        let mut right = None;
        let mut off = 0;
        for &index in row {
            let users = links
                .iter()
                .filter(|(from, to)| *to == index && placed[*from]);
            let users: Vec<i64> = users.map(|(from, _)| middles[*from]).collect();
            let wanted = users.iter().sum::<i64>() / users.len().max(1) as i64;
            let half = (slots[index].width / 2) as i64;
            let free = right.map(|right: i64| right + BESIDE as i64 + half);
            middles[index] = free.map_or(wanted, |free| free.max(wanted));
            off += wanted - middles[index];
            right = Some(middles[index] + half);
        }
        for &index in row {
            middles[index] += off / row.len() as i64;
            placed[index] = true;
        }
    }
    middles
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows_of(count: usize, edges: &[(usize, usize)]) -> Vec<Vec<usize>> {
        rows(&depths(count, edges), edges)
    }

    const BOX: Size = Size {
        width: 50,
        height: 20,
    };

    #[test]
    fn a_box_is_below_all_its_users() {
        let edges = [(0, 1), (1, 2), (0, 2), (3, 2)];
        assert_eq!(rows_of(4, &edges), [vec![0, 3], vec![1], vec![2]]);
    }

    #[test]
    fn boxes_stand_below_their_users() {
        let edges = [(0, 3), (1, 2)];
        assert_eq!(rows_of(4, &edges), [vec![0, 1], vec![3, 2]]);
    }

    #[test]
    fn boxes_do_not_touch() {
        let layout = Layout::new(&[BOX; 3], &[(0, 2), (1, 2)]);
        assert_eq!(layout.corner(1).0, layout.corner(0).0 + 50 + BESIDE);
        assert_eq!(layout.corner(2).1, layout.corner(0).1 + 20 + BELOW);
        assert_eq!(layout.corner(2).1 + 20 + MARGIN, layout.size.height);
    }

    #[test]
    fn an_arrow_passes_beside_the_boxes_of_a_row_that_it_crosses() {
        let layout = Layout::new(&[BOX; 3], &[(0, 1), (1, 2), (0, 2)]);
        let [_, [over, under], _] = layout.route(2)[..] else {
            panic!("the route crosses one row");
        };
        let (left, top) = layout.corner(1);
        assert_eq!((over.1, under.1), (top, top + 20));
        assert!(!(left..=left + 50).contains(&over.0));
        assert_eq!(layout.route(0)[1][1].1, top);
    }

    #[test]
    fn a_cycle_and_nothing_are_placed_too() {
        assert_eq!(rows_of(2, &[(0, 1), (1, 0)]).concat().len(), 2);
        assert_eq!(Layout::new(&[], &[]).size.width, 2 * MARGIN);
        let round = Layout::new(&[BOX; 3], &[(0, 1), (1, 2), (2, 0)]);
        assert_eq!(round.route(2).len(), 2);
    }
}
