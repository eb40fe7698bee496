# SPDX-License-Identifier: GPL-2.0-or-later
# Boot sector of a test guest: burns a settable share of its vCPU and writes a heartbeat.
#
# The disk is the guest's only door, so that everything about it can be told and read from outside
# of any host. Sectors, as the BIOS counts them (from 1):
#   2  byte 0: the load wanted, in sixteenths of a vCPU; read again at every beat
#   3  the heartbeat, written every 16 BIOS ticks (0.88 s):
#      +0 u32 beat   number of this beat, over all boots
#      +4 u16 boots  how often the guest was booted
#      +6 u16 twins  how often somebody else had written the sector since the last beat of ours
#      +8 u16 gap    most seconds between two beats of one boot, by the clock of the machine
#      +10 u16 last  minute * 60 + second of this beat (UTC)
#      +12 u32 stamp the processor's cycle count: what one copy of a guest cannot share with another
# A second copy of the guest, be it a fresh boot or the other half of a migration gone wrong,
# overwrites the stamp; the first one then finds a stamp that it did not write.
.code16
.globl _start
.set drive,   0x7b00
.set stamp,   0x7b04		# the stamp of our last beat
.set duty,    0x7e00
.set beat,    0x8000
.set boots,   0x8004
.set twins,   0x8006
.set gap,     0x8008
.set last,    0x800a
.set on_disk, 0x800c
.set ticks,   0x46c		# the BIOS counts 18.2 of them a second

_start:
	cli
	xorw	%ax, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %ss
	movw	$0x7c00, %sp
	movb	%dl, drive
	sti
first:
	call	read_beat
	jc	first
	incw	boots
	call	clock
	movw	%ax, last		# the time the guest was off is no gap
	movl	on_disk, %eax
	movl	%eax, stamp
	jmp	same
again:
	movw	$0x0201, %ax		# read one sector
	movb	$2, %cl
	movw	$duty, %bx
	call	disk
	call	read_beat
	jc	wait			# the next beat tries again
	movl	on_disk, %eax
	cmpl	stamp, %eax
	je	same
	incw	twins
same:
	call	clock
	movw	%ax, %cx
	subw	last, %ax
	jnc	hour
	addw	$3600, %ax
hour:
	cmpw	gap, %ax
	jbe	short
	movw	%ax, gap
short:
	movw	%cx, last
	incl	beat
	rdtsc
	movl	%eax, on_disk
	movw	$0x0301, %ax		# write one sector
	call	beat_sector
	jc	wait
	movl	on_disk, %eax
	movl	%eax, stamp
wait:
	movw	ticks, %si
	andw	$0xfff0, %si
burn:
	movw	ticks, %ax
	movw	%ax, %bx
	andw	$0xfff0, %bx
	cmpw	%si, %bx
	jne	again
	andb	$15, %al
	cmpb	duty, %al
	jb	burn
	hlt
	jmp	burn

read_beat:
	movw	$0x0201, %ax
beat_sector:
	movb	$3, %cl
	movw	$beat, %bx
disk:
	xorb	%ch, %ch
	xorb	%dh, %dh
	movb	drive, %dl
	int	$0x13
	ret

# %ax = minute * 60 + second of the clock, which keeps real time whatever happens to the guest
clock:
	movb	$2, %ah
	int	$0x1a
	movb	%cl, %al
	call	number
	movb	$60, %bl
	mulb	%bl
	movw	%ax, %bx
	movb	%dh, %al
	call	number
	addw	%bx, %ax
	ret
# two decimal digits in %al become a number in %ax
number:
	aam	$16
	aad	$10
	ret
.org 510
.word 0xaa55
