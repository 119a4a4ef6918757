//! The image.
#![no_std]
#![cfg_attr(not(test), no_main)]

mirage_rt::image!(orders_front::main);
