using HiEndMae.Engine.Data.Preparation;
using HiEndMae.Imaging;

namespace HiEndMae.Engine.Tests.Data;

public sealed class MemoryGateTests
{
    [Fact]
    public async Task Work_waits_until_there_is_room()
    {
        CancellationToken cancel = TestContext.Current.CancellationToken;
        var gate = new MemoryGate(100);
        IDisposable first = gate.Enter(60, cancel), second = gate.Enter(40, cancel);
        Task<IDisposable> third = Task.Run(() => gate.Enter(50, cancel), cancel);
        await Task.Delay(100, cancel);
        Assert.False(third.IsCompleted);
        second.Dispose();
        second.Dispose();
        await Task.Delay(100, cancel);
        Assert.False(third.IsCompleted);
        first.Dispose();
        (await third.WaitAsync(TimeSpan.FromSeconds(30), cancel)).Dispose();
        // More than there ever is: alone, it may begin.
        gate.Enter(1000, cancel).Dispose();
    }

    [Fact]
    public async Task Waiting_ends_when_it_is_cancelled()
    {
        using var stop = new CancellationTokenSource();
        var gate = new MemoryGate(100);
        using IDisposable first = gate.Enter(100, CancellationToken.None);
        Task waiting = Task.Run(() => gate.Enter(1, stop.Token), CancellationToken.None);
        await Task.Delay(50, TestContext.Current.CancellationToken);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
    }

    // A scan of 20 x 20 x 20 voxels at 2 mm becomes 40 x 40 x 40 at 1 mm.
    [Fact]
    public void The_need_of_a_case_is_estimated_from_its_header()
    {
        string folder = Directory.CreateTempSubdirectory("hiendmae-gate-").FullName;
        try
        {
            string path = Path.Combine(folder, "a.nii.gz");
            NiftiWriter.Write(path, new Volume<float>(1, Size3.Cube(20), Affine.FromSpacing(Spacing3.Isotropic(2)), new float[8000]), CancellationToken.None);
            long bytes = Made.Preparer().EstimateBytes(new FileCase(path));
            Assert.InRange(bytes, (8000 + 64000) * 4, (8000 + 64000) * 4 * 4);
            Assert.Equal(0, Made.Preparer().EstimateBytes(new MadeCase("made", Size3.Cube(4), Made.Value)));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private sealed class FileCase(string path) : DatasetCase
    {
        public override string Id => path;

        public override string Group => path;

        public override bool HasLabel => false;

        public override string ContentKey => path;

        public override IReadOnlyList<string> ImageFiles => [path];

        public override Volume<float> LoadImage(CancellationToken cancel) => NiftiReader.ReadImage(path, cancel);

        public override Volume<ushort>? LoadLabel(CancellationToken cancel) => null;
    }
}
