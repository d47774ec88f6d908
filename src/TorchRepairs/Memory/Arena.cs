using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace HiEndMae.TorchRepairs.Memory;

/// <summary>Allocates blocks of one contiguous range of memory in constant time, and joins freed blocks with their free neighbours.</summary>
/// <remarks>
/// The scheme is TLSF (Masmano, Ripoll, Crespo, Real, 2004): 32 size classes for each power of two, and a bit for each class that has a free block. Memory that was never used is one block at
/// the end of the range. It is in the highest class and is taken last, so that new pages are touched only if no freed block fits. Blocks and their contents begin on 64-byte boundaries.
/// No method allocates managed memory.
/// </remarks>
internal sealed unsafe class Arena
{
    /// <summary>Boundary of every block.</summary>
    public const int Alignment = 64;

    private const int Page = 4096, ShortestRelease = 1 << 20;
    private const int ClassBits = 5, Classes = 1 << ClassBits, Levels = 48;
    private const ulong FreeBit = 1;
    private readonly Block** lists;
    private readonly uint* classBits;
    private readonly byte* start;
    private readonly byte* end;
    private ulong levelBits;
    private int taken;
    private long used;
    private byte* top;

    /// <summary>Manages a free range of memory.</summary>
    /// <param name="memory">First byte of the range, on a 64-byte boundary.</param>
    /// <param name="length">Bytes, a multiple of 64.</param>
    public Arena(nint memory, long length)
    {
        start = top = (byte*)memory;
        end = start + length;
        lists = (Block**)NativeMemory.AllocZeroed(Levels * Classes, (nuint)sizeof(Block*));
        classBits = (uint*)NativeMemory.AllocZeroed(Levels, sizeof(uint));
        var first = (Block*)start;
        first->Before = null;
        first->Size = (ulong)length - Alignment;
        Insert(first);
    }

    /// <summary>Bytes in allocated blocks, headers included.</summary>
    public long Used => Volatile.Read(ref used);

    /// <summary>Bytes from the start of the range to the end of the last block that was ever allocated. Memory beyond it was never touched.</summary>
    public long Reach => top - start;

    /// <summary>Whether an address lies in the range.</summary>
    public bool Holds(void* address) => address >= start && address < end;

    /// <summary>Allocates a block of at least <paramref name="bytes"/> bytes. Returns null if none is left. Thread-safe.</summary>
    public void* Take(nuint bytes)
    {
        ulong size = Math.Max(Alignment, (bytes + Alignment - 1) & ~(ulong)(Alignment - 1));
        Lock();
        Block* block = Find(size);
        if (block != null)
        {
            Remove(block);
            Split(block, size);
            used += (long)block->Size + Alignment;
            byte* after = (byte*)Next(block);
            if (after > top) top = after;
        }
        Unlock();
        return block == null ? null : (byte*)block + Alignment;
    }

    /// <summary>Frees a block. Thread-safe.</summary>
    public void Give(void* data)
    {
        Lock();
        var block = (Block*)((byte*)data - Alignment);
        used -= (long)block->Size + Alignment;
        Block* next = Next(block);
        if ((byte*)next < end && (next->Size & FreeBit) != 0)
        {
            Remove(next);
            block->Size += next->Size + Alignment;
        }
        if (block->Before != null && (block->Before->Size & FreeBit) != 0)
        {
            Block* before = block->Before;
            Remove(before);
            before->Size += block->Size + Alignment;
            block = before;
        }
        next = Next(block);
        if ((byte*)next < end) next->Before = block;
        Insert(block);
        Unlock();
    }

    /// <summary>Passes on every long run of whole pages in free blocks. Other calls wait meanwhile. Thread-safe.</summary>
    /// <param name="release">Receives the first byte, on a boundary of pages, and the number of bytes. Their contents may be lost.</param>
    public void ReleaseFree(Action<nint, long> release)
    {
        Lock();
        for (var block = (Block*)start; (byte*)block < top; block = Next(block))
        {
            if ((block->Size & FreeBit) == 0) continue;
            nint first = ((nint)block + Alignment + Page - 1) & ~(nint)(Page - 1);
            long bytes = (Math.Min((nint)Next(block), (nint)top) & ~(nint)(Page - 1)) - first;
            if (bytes >= ShortestRelease) release(first, bytes);
        }
        Unlock();
    }

    // The part of a block beyond the requested size becomes a block of its own.
    private void Split(Block* block, ulong size)
    {
        if (block->Size < size + (2 * Alignment)) return;
        var rest = (Block*)((byte*)block + Alignment + size);
        rest->Before = block;
        rest->Size = block->Size - size - Alignment;
        block->Size = size;
        Block* next = Next(rest);
        if ((byte*)next < end) next->Before = rest;
        Insert(rest);
    }

    // The smallest class whose blocks are all large enough.
    private Block* Find(ulong size)
    {
        int level = BitOperations.Log2(size);
        if (level >= Levels) return null;
        size += (1ul << (level - ClassBits)) - 1;
        (level, int index) = ClassOf(size);
        uint bits = level < Levels ? classBits[level] & (uint.MaxValue << index) : 0;
        if (bits == 0)
        {
            ulong levels = level + 1 < Levels ? levelBits & (ulong.MaxValue << (level + 1)) : 0;
            if (levels == 0) return null;
            level = BitOperations.TrailingZeroCount(levels);
            bits = classBits[level];
        }
        return lists[(level * Classes) + BitOperations.TrailingZeroCount(bits)];
    }

    private void Insert(Block* block)
    {
        (int level, int index) = ClassOf(block->Size);
        Block** list = lists + (level * Classes) + index;
        block->NextFree = *list;
        block->PreviousFree = null;
        if (*list != null) (*list)->PreviousFree = block;
        *list = block;
        block->Size |= FreeBit;
        classBits[level] |= 1u << index;
        levelBits |= 1ul << level;
    }

    private void Remove(Block* block)
    {
        block->Size &= ~FreeBit;
        (int level, int index) = ClassOf(block->Size);
        if (block->NextFree != null) block->NextFree->PreviousFree = block->PreviousFree;
        if (block->PreviousFree != null)
        {
            block->PreviousFree->NextFree = block->NextFree;
            return;
        }
        lists[(level * Classes) + index] = block->NextFree;
        if (block->NextFree != null) return;
        classBits[level] &= ~(1u << index);
        if (classBits[level] == 0) levelBits &= ~(1ul << level);
    }

    private static (int Level, int Index) ClassOf(ulong size)
    {
        int level = BitOperations.Log2(size);
        return (level, (int)(size >> (level - ClassBits)) & (Classes - 1));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Block* Next(Block* block) => (Block*)((byte*)block + Alignment + (block->Size & ~FreeBit));

    private void Lock()
    {
        var spin = new SpinWait();
        while (Interlocked.CompareExchange(ref taken, 1, 0) != 0) spin.SpinOnce(-1);
    }

    private void Unlock() => Volatile.Write(ref taken, 0);

    // The header, in the 64 bytes before the contents of a block. A size is a multiple of 64. Its lowest bit is set if the block is free.
    private struct Block
    {
        public Block* Before;
        public ulong Size;
        public Block* NextFree;
        public Block* PreviousFree;
    }
}
