using System.Diagnostics;
using HiEndMae.Imaging.Files;

namespace HiEndMae.Imaging.Tests;

/// <summary>Every broken volume ends in one clear sentence, soon, and without memory that its file cannot fill.</summary>
public sealed class BrokenVolumeTests : IDisposable
{
    private const int MostBytes = 24_000_000;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1); // longer is a hang, even on a busy machine
    private readonly string folder = Directory.CreateTempSubdirectory("hiendmae-broken-").FullName;

    public static TheoryData<string> Names() => [.. BrokenVolumes.All().Select(broken => broken.Name)];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [MemberData(nameof(Names))]
    public void A_broken_volume_is_one_clear_error(string name)
    {
        BrokenVolumes.Case broken = BrokenVolumes.All().Single(candidate => candidate.Name == name);
        string path = Path.Combine(folder, broken.File);
        broken.Write(path);
        long before = GC.GetAllocatedBytesForCurrentThread(), start = Stopwatch.GetTimestamp();
        VolumeException error = Assert.Throws<VolumeException>(() =>
        {
            if (broken.IsLabel) VolumeReader.ReadLabel(path, CancellationToken.None);
            else VolumeReader.ReadImage(path, CancellationToken.None);
        });
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        TimeSpan time = Stopwatch.GetElapsedTime(start);
        Assert.Contains(broken.Words, error.Message);
        Assert.Contains(folder, error.Message);
        Assert.True(error.Message.Length < 600 && !error.Message.Any(char.IsControl), error.Message);
        Assert.True(allocated < MostBytes && time < Longest, $"{allocated} bytes, {time}");
    }

    [Fact]
    public void There_are_at_least_sixty_broken_volumes() => Assert.InRange(BrokenVolumes.All().Select(broken => broken.Name).Distinct().Count(), 60, 1000);

    // Whoever opens a pipe waits for its writer, and no signal ends that.
    [Theory]
    [InlineData("a.nii.gz")]
    [InlineData("a.mha")]
    [InlineData("a.nrrd")]
    [InlineData("a.dcm")]
    [InlineData("a")]
    public async Task A_pipe_is_refused_and_ignored_in_a_folder_of_slices(string name)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "mkfifo is a program of Linux.");
        string path = Path.Combine(folder, name);
        using (Process make = Process.Start("mkfifo", [path])) await make.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Contains(path, Assert.Throws<VolumeException>(() => VolumeReader.ReadImage(path, CancellationToken.None)).Message, StringComparison.Ordinal);
        foreach (int k in (int[])[0, 1]) new DicomFile().At(k).Save(folder, $"{k}.dcm");
        if (name == "a") Assert.Equal(2, VolumeReader.ReadImage(folder, CancellationToken.None).Size.Z);
    }

    [Fact]
    public void Reading_only_the_header_of_a_broken_file_gives_an_error_or_a_size()
    {
        foreach (BrokenVolumes.Case broken in BrokenVolumes.All())
        {
            string path = Path.Combine(folder, Guid.NewGuid().ToString("N"), broken.File);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            broken.Write(path);
            try
            {
                Assert.True(VolumeReader.ReadHeader(path).Size.Count > 0);
            }
            catch (VolumeException error)
            {
                Assert.Contains(folder, error.Message);
            }
        }
    }

    [Theory]
    [InlineData(5, 4, 3, 0, "has 5x4x3 voxels, but its image has 4x4x3")]
    [InlineData(4, 4, 3, 2, "and its image are at different places in space")]
    public void A_label_map_on_another_grid_than_its_image_is_detected(int x, int y, int z, double moved, string words)
    {
        var image = new VolumeGrid(new Size3(4, 4, 3), Affine.FromSpacing(Spacing3.Isotropic(1.5)));
        var label = new Volume<ushort>(1, new Size3(x, y, z), image.Affine with { M13 = moved }, new ushort[x * y * z]);
        Assert.Contains(words, Assert.Throws<VolumeException>(() => LabelGrid.Check(label, image, "'label.nii'", "its image")).Message);
    }

    [Theory]
    [InlineData("formats/nifti-rs/fuzz_artifacts")]
    [InlineData("formats/NIFTI-Reader-JS/not-nifti.nii")]
    [InlineData("formats/nibabel/analyze.hdr")]
    [InlineData("formats/nibabel/test.mgz")]
    [InlineData("formats/nibabel/example4d+orig.HEAD")]
    [InlineData("formats/nifti-rs/complex")]
    [InlineData("formats/nifti-rs/rgb")]
    [InlineData("formats/pydicom/rtplan_truncated.dcm")]
    public void Broken_files_of_other_projects_are_refused(string name)
    {
        string found = ScanData.Find(name);
        string[] files = Directory.Exists(found) ? Directory.GetFiles(found) : [found];
        Assert.NotEmpty(files);
        foreach (string file in files)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            VolumeException error = Assert.Throws<VolumeException>(() => VolumeReader.ReadImage(file, CancellationToken.None));
            Assert.Contains(Path.GetFileNameWithoutExtension(file), error.Message);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostBytes);
        }
    }
}
