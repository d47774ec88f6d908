using System.Runtime.InteropServices;
using HiEndMae.Engine.Numerics;
using HiEndMae.TorchRepairs;

namespace HiEndMae.Engine.Tests;

public sealed partial class ThreadWaitingTests
{
    [Theory]
    [InlineData("OMP_WAIT_POLICY", "active")]
    [InlineData("GOMP_SPINCOUNT", "17")]
    public void The_user_s_setting_is_kept(string variable, string value) => Assert.False(ThreadWaiting.Limit(name => name == variable ? value : null));

    [Fact]
    public void Native_code_sees_the_setting()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "libgomp is Linux's.");
        Assert.True(ThreadWaiting.Limit(_ => null));
        Assert.Equal(ThreadWaiting.Rounds, Marshal.PtrToStringUTF8(GetVariable("GOMP_SPINCOUNT")));
    }

    [LibraryImport("libc", EntryPoint = "getenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint GetVariable(string name);
}
