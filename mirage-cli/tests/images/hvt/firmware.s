# The firmware of the test machine: a hypervisor that knows nothing. It runs the guest by AMD's
# instructions (SVM), and at each exit writes to a port whose other end does what is to be done. The
# guest's state is in the control block, which that other end prepares and reads; registers that are
# not there stay as they are.

.section .rodata.hvt_firmware, "a", @progbits
.global hvt_firmware_start
.global hvt_firmware_end

.set BASE, 0xfff00
# Where memory has the address of the control block; the page behind it is the processor's own.
.set CONTROL_BLOCK, 0x9000
# The port, which the firmware gives to the device at 00:02.0.
.set PORT, 0xe0

hvt_firmware_start:

.code16
    cli
    lgdtl %cs:(0xff00 + gdt_pointer - hvt_firmware_start)
    movl %cr0, %eax
    orb $1, %al
    movl %eax, %cr0
    ljmpl $0x08, $(BASE + protected - hvt_firmware_start)

.code32
protected:
    movw $0x10, %ax
    movw %ax, %ds
    movw %ax, %es
    movw %ax, %fs
    movw %ax, %gs
    movw %ax, %ss

    movw $0xcf8, %dx
    movl $0x80001010, %eax
    outl %eax, %dx
    movb $0xfc, %dl
    movl $PORT | 1, %eax
    outl %eax, %dx
    movb $0xf8, %dl
    movl $0x80001004, %eax
    outl %eax, %dx
    movb $0xfc, %dl
    movl $1, %eax
    outl %eax, %dx

    # SVME in EFER, then the page of the processor's own.
    xorl %edx, %edx
    movl $0xc0000080, %ecx
    movl $0x1000, %eax
    wrmsr
    movl $0xc0010117, %ecx
    movl CONTROL_BLOCK, %eax
    addl $0x1000, %eax
    wrmsr

    # The guest's argument, and nothing else.
    xorl %ecx, %ecx
    xorl %ebp, %ebp
    movl $0x10000, %edi
run:
    movl CONTROL_BLOCK, %eax
    vmrun %eax
    outl %eax, $PORT
    jmp run

.balign 8
gdt:
    .quad 0
    .quad 0x00cf9b000000ffff
    .quad 0x00cf93000000ffff
gdt_pointer:
    .word 23
    .long BASE + gdt - hvt_firmware_start
hvt_firmware_end:

.text
.code64
