using System.Buffers.Binary;

namespace HiEndMae.Imaging.Dicom;

/// <summary>Reads encoded pixels, which stand in items: a table of offsets, then the fragments of all frames, then a delimiter (PS3.5, A.4).</summary>
internal static class DicomFragments
{
    private const int ItemHead = 8;

    /// <summary>Reads the bytes of a frame.</summary>
    /// <param name="file">Stands at the table of offsets.</param>
    /// <param name="slice">The frame.</param>
    /// <exception cref="VolumeException">The items are damaged, or do not say which of them belong to the frame.</exception>
    public static byte[] Read(Stream file, DicomSlice slice)
    {
        uint[] starts = ReadTable(file, slice);
        long first = file.Position;
        // Where each frame is one fragment, which is usual, no table is needed.
        List<(long Position, uint Length)> fragments = Walk(file, slice.Path);
        IEnumerable<(long Position, uint Length)> wanted;
        if (slice.Frames == 1) wanted = fragments;
        else if (fragments.Count == slice.Frames) wanted = [fragments[slice.Frame]];
        else if (starts.Length == slice.Frames)
        {
            long from = first + starts[slice.Frame], to = slice.Frame + 1 < starts.Length ? first + starts[slice.Frame + 1] : long.MaxValue;
            wanted = fragments.Where(fragment => fragment.Position - ItemHead >= from && fragment.Position - ItemHead < to);
        }
        else
        {
            throw new VolumeException($"'{slice.Path}' has {slice.Frames} frames in {fragments.Count} fragments and no table of their offsets, so the frames cannot be separated; convert it with dcm2niix.");
        }
        // Together they are never longer than the file.
        byte[] coded = [];
        foreach ((long position, uint length) in wanted)
        {
            int before = coded.Length;
            Array.Resize(ref coded, checked(before + (int)length));
            file.Position = position;
            file.ReadExactly(coded.AsSpan(before));
        }
        return coded;
    }

    private static uint[] ReadTable(Stream file, DicomSlice slice)
    {
        (uint tag, uint length) = ReadHead(file);
        if (tag == DicomTag.SequenceEnd) return [];
        Check(file, tag, length, slice.Path);
        if (slice.Frames == 1 || length != slice.Frames * (long)sizeof(uint))
        {
            file.Position += length;
            return [];
        }
        var bytes = new byte[length];
        file.ReadExactly(bytes);
        return [.. Enumerable.Range(0, slice.Frames).Select(frame => BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(sizeof(uint) * frame)))];
    }

    private static List<(long Position, uint Length)> Walk(Stream file, string path)
    {
        var fragments = new List<(long, uint)>();
        while (true)
        {
            (uint tag, uint length) = ReadHead(file);
            if (tag == DicomTag.SequenceEnd) return fragments;
            Check(file, tag, length, path);
            fragments.Add((file.Position, length));
            file.Position += length;
        }
    }

    private static void Check(Stream file, uint tag, uint length, string path)
    {
        if (tag != DicomTag.Item) throw new VolumeException($"'{path}' is damaged: its pixels are not stored in items.");
        if (length > file.Length - file.Position) throw new EndOfStreamException();
    }

    private static (uint Tag, uint Length) ReadHead(Stream file)
    {
        Span<byte> head = stackalloc byte[ItemHead];
        file.ReadExactly(head);
        return ((uint)BinaryPrimitives.ReadUInt16LittleEndian(head) << 16 | BinaryPrimitives.ReadUInt16LittleEndian(head[2..]), BinaryPrimitives.ReadUInt32LittleEndian(head[4..]));
    }
}
