//! The image of `api`.
#![no_std]
#![cfg_attr(not(test), no_main)]

mirage_rt::image!(shop::api::main);
