//! The image of `web`.
#![no_std]
#![cfg_attr(not(test), no_main)]

mirage_rt::image!(shop::web::main);
