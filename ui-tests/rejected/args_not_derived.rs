use mirage_rt::arguments::Args;

struct Arguments;

fn main() {
    read::<Arguments>();
}

fn read<T: Args>() {}
