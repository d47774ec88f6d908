namespace HiEndMae.Imaging.Tests;

// A test counts the allocations of the whole process, so no other test may run meanwhile.
[CollectionDefinition(nameof(NiftiChannelWriterTests), DisableParallelization = true)]
[Collection(nameof(NiftiChannelWriterTests))]
public sealed class NiftiChannelWriterTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("hiendmae-channels-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Writing_by_planes_gives_the_same_file_as_writing_at_once()
    {
        var size = new Size3(5, 4, 7);
        Affine affine = Affine.FromSpacing(new Spacing3(1, 2, 3));
        var volume = new Volume<float>(3, size, affine, [.. Enumerable.Range(0, 3 * (int)size.Count).Select(i => i / 7f)]);
        string path = Path.Combine(folder, "prob.nii.gz");
        using (var writer = new NiftiChannelWriter(path, 3, new VolumeGrid(size, affine), null))
        {
            foreach ((int z, int planes) in ((int, int)[])[(0, 3), (3, 3), (6, 1)]) writer.Write(z, Planes(volume, z, planes));
            writer.Complete();
        }
        Assert.Equal(["prob.nii.gz"], Directory.GetFiles(folder).Select(Path.GetFileName));
        Volume<float> read = NiftiReader.ReadImage(path, CancellationToken.None);
        Assert.Equal((3, size), (read.Channels, read.Size));
        Assert.True(read.Affine.IsCloseTo(affine, 1e-6));
        Assert.Equal(volume.Voxels, read.Voxels);
    }

    [Fact]
    public void An_incomplete_file_is_removed()
    {
        var size = new Size3(2, 2, 2);
        using (var writer = new NiftiChannelWriter(Path.Combine(folder, "prob.nii.gz"), 2, new VolumeGrid(size, Affine.FromSpacing(Spacing3.Isotropic(1))), null))
        {
            writer.Write(0, new Volume<float>(2, new Size3(2, 2, 1), Affine.FromSpacing(Spacing3.Isotropic(1)), new float[8]));
            Assert.Throws<InvalidOperationException>(writer.Complete);
            Assert.Throws<ArgumentException>(() => writer.Write(0, new Volume<float>(2, new Size3(2, 2, 1), Affine.FromSpacing(Spacing3.Isotropic(1)), new float[8])));
        }
        Assert.Empty(Directory.GetFiles(folder));
    }

    [Fact]
    public void Writing_planes_of_many_channels_takes_the_memory_of_a_few_channels()
    {
        const int channels = 64;
        var size = new Size3(64, 64, 32);
        Affine affine = Affine.FromSpacing(Spacing3.Isotropic(1));
        var slab = new Volume<float>(channels, size, affine, new float[channels * size.Count]);
        long least = long.MaxValue;
        // The runtime allocates too, so the least of three counts.
        for (int i = 0; i < 3; i++)
        {
            using var writer = new NiftiChannelWriter(Path.Combine(folder, "prob.nii.gz"), channels, new VolumeGrid(size, affine), null);
            long before = GC.GetTotalAllocatedBytes(precise: true);
            writer.Write(0, slab);
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }
        Assert.InRange(least, 0, 4 * slab.Voxels.LongLength / 3);
    }

    private static Volume<float> Planes(Volume<float> volume, int z, int planes)
    {
        var size = new Size3(volume.Size.X, volume.Size.Y, planes);
        var part = new float[volume.Channels * size.Count];
        for (int row = 0; row < volume.Channels * size.X * size.Y; row++) volume.Voxels.AsSpan(row * volume.Size.Z + z, planes).CopyTo(part.AsSpan(row * planes));
        return new Volume<float>(volume.Channels, size, volume.Affine, part);
    }
}
